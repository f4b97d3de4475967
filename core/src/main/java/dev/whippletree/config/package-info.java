/** Configuration as values, and its readers from YAML and the environment. */
@NullMarked
package dev.whippletree.config;

import org.jspecify.annotations.NullMarked;
