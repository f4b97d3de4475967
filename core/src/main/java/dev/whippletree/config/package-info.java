/**
 * Configuration as values, and the reader that makes them from YAML and the environment.
 */
@NullMarked
package dev.whippletree.config;

import org.jspecify.annotations.NullMarked;
