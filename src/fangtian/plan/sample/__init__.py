"""示例方案。A generated loess-hill township."""
