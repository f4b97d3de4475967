/**
 * The engine's runtime: its one lock, the mailboxes of tasks after its release, guarded calls of plugins and
 * listeners.
 *
 * <p>Not API; public only for the engine's other packages.
 */
@NullMarked
package dev.whippletree.engine.run;

import org.jspecify.annotations.NullMarked;
