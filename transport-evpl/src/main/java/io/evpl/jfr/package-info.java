/** What a JDK Flight Recorder recording is told: connections that come and go, backends chosen, turns that took long. */
package io.evpl.jfr;
