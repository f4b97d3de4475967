/**
 * A plan as one self-contained HTML page: no scripts from elsewhere, no styles, no pictures, no requests.
 */
@NullMarked
package dev.whippletree.cli.plan.page;

import org.jspecify.annotations.NullMarked;
