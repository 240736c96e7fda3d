import fastify from 'fastify';
import { serve } from './fastify-service.cjs';

serve(fastify, 'fastify');
