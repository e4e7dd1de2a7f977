"""成果。Tables, database, reports: everything printed is a sealed fact."""
