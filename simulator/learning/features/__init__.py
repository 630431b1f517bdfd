"""What the system sees of the world: features from stores, with gaps, and skewed on their way to the model."""
