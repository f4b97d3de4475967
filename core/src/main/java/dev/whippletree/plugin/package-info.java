/**
 * Finds the plugins, and connects them, the configuration and the engine; does nothing else.
 *
 * <p>Not API, except for the catalog: the rest may change in any release.
 */
@NullMarked
package dev.whippletree.plugin;

import org.jspecify.annotations.NullMarked;
