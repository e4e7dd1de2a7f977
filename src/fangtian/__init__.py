"""全域土地综合整治开放系统。fangtian: the open system for whole-area land consolidation."""
