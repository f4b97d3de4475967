/**
 * How the engine runs: its one lock, the mailboxes of what is done after its release, guarded calls of plugins and listeners.
 *
 * <p>Not API; public only for the engine's other packages.
 */
@NullMarked
package dev.whippletree.engine.run;

import org.jspecify.annotations.NullMarked;
