"""示例方案。A generated loess-hill township with a complete plan; nothing in it is real."""

from fangtian.plan.sample.folder import write_sample

__all__ = ["write_sample"]
