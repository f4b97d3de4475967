/**
 * Configuration as values, and its readers from YAML and the environment.
 *
 * @since 0.1
 */
@NullMarked
package dev.whippletree.config;

import org.jspecify.annotations.NullMarked;
