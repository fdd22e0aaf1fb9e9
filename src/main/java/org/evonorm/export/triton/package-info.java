/**
 * Triton kernels of exported PyTorch modules: the training mode of a layer as passes over its maps, for GPUs.
 *
 * <p>Only text is written here; nothing runs. What a module is apart from its kernels belongs to {@code export.python}.
 *
 * <p>To read: {@link org.evonorm.export.triton.KernelPlan}, {@code Kernel}, {@code KernelBody}, {@code KernelOperations},
 * {@link org.evonorm.export.triton.TritonFunction}.
 */
package org.evonorm.export.triton;
