"""文件格式。Official and common file formats, in and out; knows no policy."""
