/**
 * The fence: Linux system calls by the foreign-function API. One static method per call, result or {@code -errno}, no
 * policy. Nothing outside {@code io.evpl.linux*} touches {@link java.lang.foreign.Linker}.
 */
package io.evpl.linux;
