/**
 * The filters, which reject most proposed layers before a full training (paper, section 3.3; docs/design.md,
 * "Filters"): static, stability and quality filter, from the cheapest on.
 *
 * <p>A filter judges one layer and gives a status with a reason. Nothing here knows generations, selection, Spark or
 * files.
 *
 * <p>To read: {@link org.evonorm.rejection.StaticFilter}, {@link org.evonorm.rejection.StabilityFilter},
 * {@link org.evonorm.rejection.QualityFilter}.
 */
package org.evonorm.rejection;
