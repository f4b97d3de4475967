/**
 * The interfaces that plugins implement (providers, caches, balancing strategies, a coordinator), and the values that
 * they exchange with the engine.
 *
 * <p>Each is a stateless, named <em>kind</em> with a no-argument constructor, found by {@link java.util.ServiceLoader},
 * that <em>opens</em> a live object from declared settings, as a {@code java.sql.Driver} opens a connection. Only JDK
 * types, SLF4J, this package and {@link dev.whippletree.model} cross the boundary between a plugin and the rest.
 *
 * @since 0.1
 */
@NullMarked
package dev.whippletree.spi;

import org.jspecify.annotations.NullMarked;
