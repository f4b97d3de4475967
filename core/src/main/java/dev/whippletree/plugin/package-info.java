/**
 * Finds the plugins, and wires them, the configuration and the engine together; does nothing else.
 */
@NullMarked
package dev.whippletree.plugin;

import org.jspecify.annotations.NullMarked;
