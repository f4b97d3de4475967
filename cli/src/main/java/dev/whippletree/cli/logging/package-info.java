/**
 * The command's log: warnings on standard error, more on request.
 *
 * <p>Set up in code instead of XML, which would cost each start about 100 ms.
 */
@NullMarked
package dev.whippletree.cli.logging;

import org.jspecify.annotations.NullMarked;
