"""Models that really learn, the decisions made from their scores, and the watch kept over them."""
