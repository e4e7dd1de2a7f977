"""方案变化。What two versions of a plan differ in: plots, ground, targets, money, years."""
