/**
 * The filters that throw most proposed layers out before they cost much (paper, section 3.3), cheapest first: the
 * static one looks at values and gradients of a few hundred numbers, the quality one trains each network briefly. A
 * filter judges one layer and says why; it knows nothing of generations, selection, Spark or files.
 */
package org.evonorm.rejection;
