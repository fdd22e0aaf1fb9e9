/**
 * A run as a person sees it: one HTML page that needs no network, and its plots as files. Everything is read from the
 * committed tables and drawn here; nothing is trained or changed. What a layer becomes in other frameworks lives in the
 * packages below this one.
 */
package org.evonorm.report;
