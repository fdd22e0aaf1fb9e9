/**
 * A layer graph lowered to a programme: elementwise operations, means and variances over (w, h), and small operations on
 * what they leave, together with its reverse-mode derivative. A programme is computed once for a layer, knows neither sizes
 * nor engines, and is interpreted by each engine. Nothing here touches tensors or native code.
 */
package org.evonorm.program;
