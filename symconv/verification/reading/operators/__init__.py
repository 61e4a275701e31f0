"""What operators on whole arrays and their operands mean."""
