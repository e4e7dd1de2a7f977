"""几何。Arrays and geometry on CGCS2000; knows no policy."""
