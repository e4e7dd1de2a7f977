"""绘图。What maps and charts share: the typeface that the package brings and how figures become files."""
