"""数据质检。Inspection of a layer against its standard: structure, value domains, logic, balance."""
