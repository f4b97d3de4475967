/**
 * Finds the plugins, and wires them, the configuration and the engine together; does nothing else.
 *
 * <p>Not API, but for the catalog: the rest may change in any release.
 */
@NullMarked
package dev.whippletree.plugin;

import org.jspecify.annotations.NullMarked;
