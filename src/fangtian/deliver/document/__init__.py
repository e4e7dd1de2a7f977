"""文稿。Word files: chapters as values first (blocks), then written as OOXML."""
