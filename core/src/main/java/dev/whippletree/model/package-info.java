/**
 * The values of Whippletree, all immutable: prompts, completions, limits, failures and the status.
 *
 * <p>Nothing here does anything: these types are what callers, the engine and plugins tell each other. They use JDK
 * types only, so that no plugin is ever broken by an upgrade of a library used elsewhere.
 */
@NullMarked
package dev.whippletree.model;

import org.jspecify.annotations.NullMarked;
