/**
 * The values of Whippletree, all immutable: prompts, completions, limits, failures and the status.
 *
 * <p>These types have no behaviour: callers, the engine and plugins exchange them. They use JDK types only, so that
 * upgrading a library elsewhere never breaks a plugin.
 *
 * @since 0.1
 */
@NullMarked
package dev.whippletree.model;

import org.jspecify.annotations.NullMarked;
