/**
 * The settings of routes, retries, timeouts and the engine, from a program or a configuration file. Values without
 * behaviour.
 *
 * @since 0.1
 */
@NullMarked
package dev.whippletree.settings;

import org.jspecify.annotations.NullMarked;
