"""竣工事实。What was built against what was approved, and what a year's account may count."""
