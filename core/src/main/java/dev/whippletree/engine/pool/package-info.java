/**
 * The running state of accounts, targets and routes, with their health and leases. Knows nothing of individual prompts.
 *
 * <p>Not API; public only for the engine's other packages and for what hands the engine its {@link
 * dev.whippletree.engine.pool.Topology}.
 */
@NullMarked
package dev.whippletree.engine.pool;

import org.jspecify.annotations.NullMarked;
