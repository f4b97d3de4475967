/**
 * The settings of routes, retries, timeouts and the engine, as a program or the configuration states them. Values without behaviour.
 */
@NullMarked
package dev.whippletree.settings;

import org.jspecify.annotations.NullMarked;
