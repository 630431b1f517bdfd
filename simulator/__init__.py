"""A wind tunnel for ML system designs: put a design in, a business blows over it, read what it earned."""
