/** epoll(7): its constants, and struct epoll_event, whose layout depends on the CPU. */
package io.evpl.linux.epoll;
