"""实施方案文件夹。The plan folder: what the planner gives, read and explained."""
