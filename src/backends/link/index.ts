/**
 * Links between threads and between processes: peers, and what they say to one another.
 */
export { type Message, type MessageHandler, Peer } from './peer.ts';
