"""数据字典。The official dictionary as data: layers, fields, codes, forms, quantities, findings."""
