/**
 * The limits, closures and uses of scopes, and what is learned of them. Knows no account, no target and no lease.
 *
 * <p>Not API; public only for the engine's other packages.
 */
@NullMarked
package dev.whippletree.engine.scope;

import org.jspecify.annotations.NullMarked;
