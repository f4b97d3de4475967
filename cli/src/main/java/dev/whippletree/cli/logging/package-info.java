/**
 * What the command logs and where to: warnings on standard error, more when asked for.
 *
 * <p>Set up in code instead of XML, which would cost each start about 100 ms.
 */
@NullMarked
package dev.whippletree.cli.logging;

import org.jspecify.annotations.NullMarked;
