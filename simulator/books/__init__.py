"""The books of a run: requests and how they ended, money, time series and a diary; nothing else is a result."""
