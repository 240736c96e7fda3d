import express from 'express';
import { serve } from './express-service.cjs';

serve(express, 'express');
