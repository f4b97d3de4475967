package dev.whippletree.metrics;

/**
 * A tag or attribute. Immutable.
 *
 * @param key its name
 * @param value from a set that the configuration bounds
 */
record Label(String key, String value) {}
