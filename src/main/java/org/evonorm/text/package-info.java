/**
 * Texts for users and of users: quoted and counted in messages, divided into lists, read from files. Every other
 * package may use this one.
 *
 * <p>To read: {@link org.evonorm.text.Quotation}, {@link org.evonorm.text.Quantity}, {@link org.evonorm.text.ListText},
 * {@link org.evonorm.text.Utf8}.
 */
package org.evonorm.text;
