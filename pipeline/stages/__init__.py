"""Steps of the worker: functions over batches, without I/O."""
