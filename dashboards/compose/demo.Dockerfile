# The demo in a container, from source: Node runs TypeScript as it is.
FROM node:24.11.0-bookworm-slim
WORKDIR /cancelscope
COPY package.json package-lock.json .npmrc ./
COPY toolchain toolchain
RUN npm ci
COPY demo demo
COPY src src
USER node
ENTRYPOINT ["node", "demo/main.ts"]
CMD ["--host", "0.0.0.0", "--no-prometheus"]
