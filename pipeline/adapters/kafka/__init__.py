"""Posts and mentions on the way, on Apache Kafka."""
