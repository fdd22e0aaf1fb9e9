/**
 * The layer to export: its form, names, provenance and convention, as all formats use them.
 *
 * <p>To read: {@link org.evonorm.export.layer.ExportedLayer}.
 */
package org.evonorm.export.layer;
