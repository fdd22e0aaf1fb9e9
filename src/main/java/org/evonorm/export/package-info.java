/**
 * Exports: the formats that a layer can be exported in, and the check file that modules and models are compared with.
 *
 * <p>To read: {@link org.evonorm.export.ExportFormat}, {@link org.evonorm.export.CheckFile}.
 */
package org.evonorm.export;
