/**
 * What prompts are sent to: accounts, targets and routes at work, with their limits, closures, health and leases. Knows no prompt on its way.
 *
 * <p>Not API; public only for the engine's other packages and for what hands the engine its {@link dev.whippletree.engine.pool.Topology}.
 */
@NullMarked
package dev.whippletree.engine.pool;

import org.jspecify.annotations.NullMarked;
